//! Names of packages.

/// A package's name as PEP 503 normalises it: lower case, and every run of `-`, `_` and `.` is one
/// `-`. For names of other ecosystems this is a form that two writings of one name share.
#[must_use]
pub fn normalised_package(name: &str) -> String {
    let mut normal = String::with_capacity(name.len());
    for c in name.trim().chars() {
        match c {
            '-' | '_' | '.' if normal.ends_with('-') => {}
            '-' | '_' | '.' => normal.push('-'),
            c => normal.extend(c.to_lowercase()),
        }
    }
    normal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writings_of_one_name_are_one_name() {
        for name in
            ["Flask-SQLAlchemy", "flask_sqlalchemy", "flask.SQLAlchemy", "flask-._sqlalchemy"]
        {
            assert_eq!(normalised_package(name), "flask-sqlalchemy");
        }
    }
}
