//! How long and in how much memory a large Cobertura report becomes evidence, against bare
//! quick-xml tokenization of the same bytes in the same run.
//!
//! ```text
//! cargo bench -p gate-core --bench cobertura                  250 MB, pairs, peak memory
//! cargo bench -p gate-core --bench cobertura -- --size 50     another size in MB
//! cargo bench -p gate-core --bench cobertura -- --growth      1 MB to 1 GB
//! cargo bench -p gate-core --bench cobertura -- --seed x.xml  another report to repeat
//! ```
//!
//! The file is a real report repeated under other file names. Tokenization and reading take turns
//! (A B A B); what is printed is the median of the ratios of the pairs, their extremes, and the
//! median time. Peak memory is `VmHWM` of a child process per case, which holds the bytes and reads
//! them once; it is given in thousandths of the file's size.

#![expect(clippy::print_stdout, reason = "a benchmark prints its results")]

use std::{
    env,
    error::Error,
    fs::{self, File},
    hint::black_box,
    io::BufReader,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use gate_core::report::{Format, Limits, ReadOptions, read, read_stream};
use quick_xml::{Reader, events::Event};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const MEGABYTE: usize = 1_000_000;
const SEED: &str = "../fixtures/cobertura/coverage-py-click.xml";

#[derive(Clone, Copy, PartialEq, Eq)]
enum Case {
    Tokens,
    Plain,
    Fast,
    TwoThreads,
    Stream,
}

impl Case {
    const ALL: [Self; 5] = [Self::Tokens, Self::Plain, Self::Fast, Self::TwoThreads, Self::Stream];

    const fn name(self) -> &'static str {
        match self {
            Self::Tokens => "tokens",
            Self::Plain => "plain",
            Self::Fast => "fast",
            Self::TwoThreads => "two threads",
            Self::Stream => "stream",
        }
    }

    /// Does it once. What comes out is dropped after the clock has stopped.
    fn time(self, text: &str) -> Result<Duration> {
        let threads = if self == Self::TwoThreads { 2 } else { 1 };
        let limits = Limits::default().with_bytes(u64::MAX).with_threads(threads);
        let options = ReadOptions::default().with_format(Format::Cobertura).with_limits(limits);
        let start = Instant::now();
        let report = match self {
            Self::Tokens => {
                tokens(text)?;
                return Ok(start.elapsed());
            }
            Self::Plain => read(text.as_bytes(), &options.plain())?,
            Self::Fast | Self::TwoThreads => read(text.as_bytes(), &options)?,
            Self::Stream => {
                read_stream(BufReader::with_capacity(1 << 17, text.as_bytes()), &options)?
            }
        };
        let elapsed = start.elapsed();
        drop(black_box(report));
        Ok(elapsed)
    }
}

fn tokens(text: &str) -> Result<u64> {
    let mut reader = Reader::from_str(text);
    let mut events = 0;
    loop {
        let event = black_box(reader.read_event()?);
        if matches!(event, Event::Eof) {
            return Ok(events);
        }
        events += 1;
    }
}

fn main() -> Result<()> {
    let mut sizes = vec![250];
    let mut pairs = 9;
    let mut peak = true;
    let mut seed = Path::new(env!("CARGO_MANIFEST_DIR")).join(SEED);
    let mut words = env::args().skip(1);
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or(format!("{word} needs a value"));
        match word.as_str() {
            "--size" => sizes = vec![value()?.parse()?],
            "--pairs" => pairs = value()?.parse()?,
            "--growth" => {
                sizes = vec![1, 5, 10, 50, 100, 250, 500, 1000];
                peak = false;
            }
            "--no-peak" => peak = false,
            "--seed" => seed = PathBuf::from(value()?),
            "--peak-of" => return peak_of(&value()?, &value()?),
            // What `cargo bench` and `cargo test` say to every benchmark.
            "--bench" | "--test" => {}
            other => return Err(format!("unknown argument {other}").into()),
        }
    }
    if !seed.exists() {
        println!("no {}: nothing to measure", seed.display());
        return Ok(());
    }
    let seed = fs::read_to_string(seed)?;
    for size in sizes {
        let text = repeated(&seed, size * MEGABYTE)?;
        println!("{} MB, {pairs} pairs, ratio to tokenization", text.len() / MEGABYTE);
        for case in [Case::Plain, Case::Fast, Case::TwoThreads, Case::Stream] {
            compare(case, &text, pairs)?;
        }
        if peak {
            print_peaks(&text)?;
        }
    }
    Ok(())
}

/// The report with its packages repeated under other file names up to this size.
fn repeated(seed: &str, size: usize) -> Result<String> {
    let start = seed.find("<packages>").ok_or("the seed has no <packages>")? + "<packages>".len();
    let end = seed.find("</packages>").ok_or("the seed has no </packages>")?;
    let (head, packages) = seed.split_at(start);
    let (packages, tail) = packages.split_at(end - start);
    let mut text = String::with_capacity(size + 2 * seed.len());
    text.push_str(head);
    for copy in 0.. {
        text.push_str(&packages.replace("filename=\"", &format!("filename=\"part{copy}/")));
        if text.len() >= size {
            break;
        }
    }
    text.push_str(tail);
    text.shrink_to_fit();
    Ok(text)
}

fn compare(case: Case, text: &str, pairs: usize) -> Result<()> {
    let mut ratios = Vec::new();
    let mut times = Vec::new();
    for _ in 0..pairs {
        let tokens = Case::Tokens.time(text)?.as_nanos();
        let time = case.time(text)?.as_nanos();
        ratios.push(time * 1000 / tokens.max(1));
        times.push((time, tokens));
    }
    ratios.sort_unstable();
    times.sort_unstable();
    let middle = |list: &[u128]| list.get(list.len() / 2).copied().unwrap_or_default();
    let (least, most) = (ratios.first(), ratios.last());
    let (time, tokens) = times.get(times.len() / 2).copied().unwrap_or_default();
    println!(
        "  {:<12} {} ({} to {})  {} ms, {} MB/s; tokens {} ms",
        case.name(),
        thousandths(middle(&ratios)),
        thousandths(least.copied().unwrap_or_default()),
        thousandths(most.copied().unwrap_or_default()),
        thousandths(time / 1000),
        text.len() as u128 * 1000 / time.max(1),
        thousandths(tokens / 1000),
    );
    Ok(())
}

fn thousandths(value: u128) -> String {
    format!("{}.{:03}", value / 1000, value % 1000)
}

/// Runs each case in a process of its own and prints the most memory that it ever had.
fn print_peaks(text: &str) -> Result<()> {
    let file = env::temp_dir().join(format!("gate-bench-{}.xml", std::process::id()));
    fs::write(&file, text)?;
    let size = text.len() as u128;
    println!("  peak memory (VmHWM of a child process)");
    for case in Case::ALL {
        let child = Command::new(env::current_exe()?)
            .arg("--peak-of")
            .arg(case.name())
            .arg(&file)
            .output()?;
        let peak: u128 = String::from_utf8(child.stdout)?.trim().parse()?;
        let ratio = thousandths(peak * 1024 * 1000 / size);
        println!("  {:<12} {ratio} of the file, {} MB", case.name(), peak * 1024 / 1_000_000);
    }
    fs::remove_file(file)?;
    Ok(())
}

fn peak_of(case: &str, file: &str) -> Result<()> {
    let case = Case::ALL.into_iter().find(|known| known.name() == case).ok_or("no such case")?;
    if case == Case::Stream {
        let limits = Limits::default().with_bytes(u64::MAX);
        let options = ReadOptions::default().with_format(Format::Cobertura).with_limits(limits);
        black_box(read_stream(BufReader::with_capacity(1 << 17, File::open(file)?), &options)?);
    } else {
        case.time(&fs::read_to_string(file)?)?;
    }
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no VmHWM")?;
    println!("{}", line.trim().trim_end_matches(" kB"));
    Ok(())
}
