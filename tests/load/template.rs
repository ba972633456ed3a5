//! A recorded text with places in it: the pull request that it was recorded for can be any other.
//!
//! The recording uses numbers and names that occur nowhere else in GitHub's answers, so that they
//! are found by their text alone.

/// What the repository of the recording is called, and what it is by number.
pub(crate) const RECORDED_NAME: &str = "shop-of-the-tape";
pub(crate) const RECORDED_REPOSITORY: u64 = 7_200_001;
/// The number of the recorded pull request.
pub(crate) const RECORDED_NUMBER: u64 = 7_100_001;
/// Everything that GitHub numbered since the pull request was opened is above this.
pub(crate) const RECORDED_IDS: u64 = 9_000_000;

const REPOSITORIES: u64 = 50_000_000;
const IDS: u64 = 100_000_000;
/// The ids of one pull request: its check runs, workflow runs and artifacts.
const IDS_EACH: u64 = 1_000;
/// The end of every head; what is before it is the pull request's place.
const HEAD: &str = "5ca1ab1e5ca1ab1e5ca1ab1e5ca1ab1e";

/// One of many pull requests, which are spread evenly over many repositories.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    /// Which of all.
    pub(crate) pull: usize,
    /// Over how many repositories they are spread.
    pub(crate) repositories: usize,
}

impl Place {
    fn repository(self) -> usize {
        self.pull % self.repositories
    }

    fn number(self) -> usize {
        self.pull / self.repositories + 1
    }

    /// The pull request with this number in the repository of this name.
    pub(crate) fn named(name: &str, number: usize, repositories: usize) -> Option<Self> {
        let repository: usize = name.strip_prefix("shop-")?.parse().ok()?;
        Some(Self { pull: number.checked_sub(1)? * repositories + repository, repositories })
    }

    /// The pull request with this head.
    pub(crate) fn of_head(head: &str, repositories: usize) -> Option<Self> {
        let pull = usize::from_str_radix(head.strip_suffix(HEAD)?, 16).ok()?;
        Some(Self { pull, repositories })
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    Name,
    Repository,
    Number,
    Head,
    Id(u64),
    Origin,
}

/// Where the recorded GitHub was: answers name their own host.
pub(crate) const RECORDED_ORIGIN: &str = "http://github-of-the-tape";

/// A text with places for a pull request.
#[derive(Debug, Clone)]
pub(crate) struct Template(Vec<Piece>);

impl Template {
    /// The template of a text that was recorded for the pull request with this head.
    pub(crate) fn of(text: &str, head: &str) -> Self {
        let mut pieces = Vec::new();
        let mut plain = 0;
        let mut at = 0;
        while let Some(rest) = text.get(at..) {
            if rest.is_empty() {
                break;
            }
            // A number that is part of a longer one is another number.
            let is_digit = |at: usize| text.as_bytes().get(at).is_some_and(u8::is_ascii_digit);
            let is_inside =
                is_digit(at) && (at.checked_sub(1).is_some_and(is_digit) || is_digit(at + 7));
            match piece(rest, head).filter(|(piece, _)| !is_inside || *piece == Piece::Head) {
                Some((piece, length)) => {
                    pieces.push(Piece::Text(text.get(plain..at).unwrap_or_default().to_owned()));
                    pieces.push(piece);
                    at += length;
                    plain = at;
                }
                None => at += rest.chars().next().map_or(1, char::len_utf8),
            }
        }
        pieces.push(Piece::Text(text.get(plain..).unwrap_or_default().to_owned()));
        Self(pieces)
    }

    /// The text for this pull request.
    ///
    /// `origin` is where GitHub is now.
    pub(crate) fn fill(&self, place: Place, origin: &str) -> String {
        let mut text = String::with_capacity(16 << 10);
        for piece in &self.0 {
            match piece {
                Piece::Text(plain) => text.push_str(plain),
                Piece::Origin => text.push_str(origin),
                Piece::Name => text.push_str(&format!("shop-{}", place.repository())),
                Piece::Repository => {
                    text.push_str(&(REPOSITORIES + place.repository() as u64).to_string());
                }
                Piece::Number => text.push_str(&place.number().to_string()),
                Piece::Head => text.push_str(&format!("{:08x}{HEAD}", place.pull)),
                Piece::Id(id) => {
                    text.push_str(&(IDS + place.pull as u64 * IDS_EACH + id).to_string());
                }
            }
        }
        text
    }

    /// The same for every pull request: what a request is known by.
    pub(crate) fn key(&self) -> String {
        self.0.iter().map(word).collect()
    }
}

fn word(piece: &Piece) -> String {
    match piece {
        Piece::Text(plain) => plain.clone(),
        Piece::Origin => RECORDED_ORIGIN.to_owned(),
        Piece::Name => "{name}".to_owned(),
        Piece::Repository => "{repository}".to_owned(),
        Piece::Number => "{number}".to_owned(),
        Piece::Head => "{head}".to_owned(),
        Piece::Id(id) => format!("{{{id}}}"),
    }
}

/// The place that a recorded text begins with, and how long it is there.
fn piece(text: &str, head: &str) -> Option<(Piece, usize)> {
    if text.starts_with(head) {
        return Some((Piece::Head, head.len()));
    }
    if text.starts_with(RECORDED_NAME) {
        return Some((Piece::Name, RECORDED_NAME.len()));
    }
    if text.starts_with(RECORDED_ORIGIN) {
        return Some((Piece::Origin, RECORDED_ORIGIN.len()));
    }
    let digits = text.get(..7).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?;
    match digits.parse().ok()? {
        RECORDED_REPOSITORY => Some((Piece::Repository, 7)),
        RECORDED_NUMBER => Some((Piece::Number, 7)),
        id if (RECORDED_IDS..RECORDED_IDS + IDS_EACH).contains(&id) => {
            Some((Piece::Id(id - RECORDED_IDS), 7))
        }
        _ => None,
    }
}

/// The key of a path as the App asks for it, and the pull request that it is about, where it says.
pub(crate) fn read_path(path: &str, repositories: usize) -> (String, Option<Place>) {
    let mut found = None;
    let mut name = "";
    let mut keys = Vec::new();
    for step in path.split('/') {
        let parts: Vec<String> = step
            .split("...")
            .map(|part| {
                if part.starts_with("shop-") {
                    name = part;
                    return "{name}".to_owned();
                }
                if let Some(place) = Place::of_head(part, repositories) {
                    found = Some(place);
                    return "{head}".to_owned();
                }
                match part.parse::<u64>() {
                    Ok(id) if id >= IDS => {
                        let pull = usize::try_from((id - IDS) / IDS_EACH).unwrap_or(usize::MAX);
                        found = Some(Place { pull, repositories });
                        format!("{{{}}}", (id - IDS) % IDS_EACH)
                    }
                    Ok(id) if id >= REPOSITORIES => "{repository}".to_owned(),
                    Ok(number) if !name.is_empty() => {
                        let number = usize::try_from(number).unwrap_or(usize::MAX);
                        found = found.or(Place::named(name, number, repositories));
                        "{number}".to_owned()
                    }
                    _ => part.to_owned(),
                }
            })
            .collect();
        keys.push(parts.join("..."));
    }
    (keys.join("/"), found)
}
