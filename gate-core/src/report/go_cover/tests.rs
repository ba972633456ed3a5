//! From blocks to lines, and from import paths to files.

use crate::{
    evidence::{Content, Coverage},
    report::{Format, Layout, ReadOptions, read},
};

fn coverage(profile: &str, layout: Layout) -> Coverage {
    let options = ReadOptions::default().with_format(Format::GoCover).with_layout(layout);
    let report = read(profile.as_bytes(), &options).unwrap();
    let Content::Coverage(coverage) = report.content else { panic!("{report:?}") };
    coverage
}

/// The lines of one file with these blocks, those that ran and those that did not.
fn lines(blocks: &[&str]) -> (Vec<u32>, Vec<u32>) {
    let blocks: String = blocks.iter().map(|block| format!("a.go:{block}\n")).collect();
    let coverage = coverage(&format!("mode: set\n{blocks}"), Layout::unknown());
    let lines = coverage.files[0].lines().iter();
    let (ran, missed): (Vec<_>, Vec<_>) = lines.partition(|line| line.is_covered());
    let numbers = |lines: Vec<&crate::evidence::Line>| lines.iter().map(|l| l.number).collect();
    (numbers(ran), numbers(missed))
}

#[test]
fn braces_alone_are_no_lines() {
    // func f() {          1
    //     if x {          2
    //         return      3
    //     } else {        4
    //         g()         5
    //     }               6
    //     h()             7
    // }                   8
    let blocks = ["1.10,2.7 1 1", "2.7,4.3 1 0", "4.8,6.3 1 1", "7.2,7.5 1 1"];
    assert_eq!(lines(&blocks), (vec![1, 2, 5, 7], vec![3]));
}

#[test]
fn a_statement_over_several_lines_is_its_first() {
    assert_eq!(lines(&["5.2,9.3 1 1"]), (vec![5], vec![]));
    assert_eq!(lines(&["5.2,9.3 2 1"]).0, [5, 6, 7, 8, 9]);
}

#[test]
fn a_line_ran_if_one_of_its_blocks_did() {
    // if x { g() }
    assert_eq!(lines(&["1.2,1.7 1 1", "1.7,1.14 1 0"]), (vec![1], vec![]));
}

#[test]
fn the_end_of_a_case_is_no_brace() {
    // case 1:         4
    //     a()         5
    //     b()         6
    assert_eq!(lines(&["4.10,6.6 2 0"]).1, [4, 5, 6]);
    // A loop whose body begins with a switch.
    assert_eq!(lines(&["2.2,2.8 1 1", "2.8,3.12 1 1"]).0, [2, 3]);
}

#[test]
fn the_path_of_the_module_is_what_all_names_begin_with_and_no_file_does() {
    let profile = "mode: set\nexample.com/shop/main.go:1.1,1.5 1 1\n\
                   example.com/shop/cart/cart.go:1.1,1.5 1 0\n";
    let paths = |files: &[&str]| -> Vec<String> {
        let coverage = coverage(profile, Layout::unknown().with_files(files));
        coverage.files.iter().map(|file| file.path().to_string()).collect()
    };
    assert_eq!(paths(&["main.go", "cart/cart.go", "go.mod"]), ["cart/cart.go", "main.go"]);
    let module = "example.com/shop";
    let vendored = [format!("{module}/cart/cart.go"), format!("{module}/main.go")];
    let files: Vec<&str> = vendored.iter().map(String::as_str).collect();
    assert_eq!(paths(&files), vendored);
    // Nothing of it is known: the names stay as they are.
    assert_eq!(paths(&["other.go"]), vendored);
}
