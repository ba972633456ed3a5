//! Pages: GitHub names the next one in a `Link` header, as a whole address.

/// The path and query of the next page.
///
/// Scheme and authority are cut off: to a whole address of an Enterprise host octocrab sends no
/// credentials, and a next page on another host would be nobody we asked.
pub(super) fn next_page(link: &str) -> Option<String> {
    link.split(',').find_map(|part| {
        let (address, parameters) = part.trim().strip_prefix('<')?.split_once('>')?;
        let is_next = parameters.split(';').any(|one| {
            let one = one.trim();
            one == "rel=\"next\"" || one == "rel=next"
        });
        if !is_next {
            return None;
        }
        match address.split_once("://") {
            Some((_, rest)) => rest.find('/').and_then(|at| rest.get(at..)).map(str::to_owned),
            None => Some(address.to_owned()),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::next_page;

    #[test]
    fn the_next_page_is_a_path_on_the_same_host() {
        let link = "<https://ghes.example/api/v3/repositories/1/pulls?page=1>; rel=\"prev\", \
                    <https://ghes.example/api/v3/repositories/1/pulls?page=3>; rel=\"next\"";
        assert_eq!(next_page(link).as_deref(), Some("/api/v3/repositories/1/pulls?page=3"));
        assert_eq!(next_page("<https://api.github.com/a?page=1>; rel=\"first\""), None);
        assert_eq!(next_page("nonsense"), None);
    }
}
