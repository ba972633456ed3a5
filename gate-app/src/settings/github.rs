//! Where GitHub is: github.com, a tenant of ghe.com, or an Enterprise Server.

use url::{Host, Url};

/// GitHub's doors, all from the one address in the settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GitHub {
    /// The REST API's base, without a slash at its end in [`rest`](Self::rest).
    rest: Url,
    graphql: Url,
    web: Url,
    issuer: String,
}

impl GitHub {
    /// The address of the REST API → all of them.
    ///
    /// # Errors
    /// When it is no such address.
    pub fn at(rest: &str) -> Result<Self, String> {
        let rest = address(rest)?;
        if rest.scheme() != "https" && !is_this_machine(&rest) {
            // Tokens would travel in the open.
            return Err("must begin with https://".to_owned());
        }
        let has_its_own_host =
            rest.host_str().is_some_and(|host| host.starts_with("api.")) || is_this_machine(&rest);
        let enterprise_server = match rest.path().trim_end_matches('/') {
            "" if has_its_own_host => false,
            "/api/v3" => true,
            path => {
                return Err(format!(
                    "ends with {path:?}; an Enterprise Server's ends with /api/v3"
                ));
            }
        };
        let mut graphql = rest.clone();
        graphql.set_path(if enterprise_server { "/api/graphql" } else { "/graphql" });
        let mut web = rest.clone();
        web.set_path("/");
        if let Some(host) = rest.host_str().and_then(|host| host.strip_prefix("api.")) {
            web.set_host(Some(host)).map_err(|error| error.to_string())?;
        }
        let issuer = match rest.host_str() {
            Some("api.github.com") => "https://token.actions.githubusercontent.com".to_owned(),
            Some(host) if host.starts_with("api.") => {
                format!("https://token.actions.{}", host.trim_start_matches("api."))
            }
            Some(_) | None => format!("{web}_services/token"),
        };
        Ok(Self { rest, graphql, web, issuer })
    }

    /// The base of the REST API, without a slash at the end.
    #[must_use]
    pub fn rest(&self) -> &str {
        self.rest.as_str().trim_end_matches('/')
    }

    /// Where GraphQL queries go. An Enterprise Server has it beside `/api/v3`, not below.
    #[must_use]
    pub fn graphql(&self) -> &str {
        self.graphql.as_str()
    }

    /// Who signs the identity tokens of Actions.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// What people see in their browser.
    #[must_use]
    pub const fn web(&self) -> &Url {
        &self.web
    }
}

/// An absolute http or https address with nothing secret or stray in it.
pub(super) fn address(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| format!("{text:?} is no address: {error}"))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(format!("{text:?} must begin with https:// or http://"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("an address holds no user name or password".to_owned());
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("an address has nothing after ? or #".to_owned());
    }
    Ok(url)
}

fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
