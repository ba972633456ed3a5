//! The organisation's policy: read whole, by its tag, with a token that opens no more.

use gate_app::github::{Error, OrganisationPolicy};
use serde_json::{Value, json};

use crate::server::{Asked, INSTALLATION, Reply, Server, mint, ok, reply};

const TEXT: &str = "version: 1\nrules: {}\n";

/// A file as GitHub sends it, with its base64 in lines.
fn file(size: usize) -> Value {
    json!({ "type": "file", "encoding": "base64", "size": size, "name": "gate.yml",
            "path": ".github/gate.yml", "content": "dmVyc2lvbjogMQpy\ndWxlczoge30K\n" })
}

async fn answering(mut answer: impl FnMut(&Asked) -> Reply + Send + 'static) -> Server {
    Server::start(
        move |asked| {
            if asked.path.ends_with("/access_tokens") { mint(1) } else { answer(asked) }
        },
    )
    .await
}

#[tokio::test]
async fn it_is_read_once_and_then_by_its_tag() {
    let server = answering(|asked| match asked.tag.as_deref() {
        Some("W/\"one\"") => reply(304, &Value::Null).body(""),
        _ => ok(&file(TEXT.len())).with("etag", "W/\"one\""),
    })
    .await;
    let installation = server.github.installation(INSTALLATION);
    let found = installation.organisation_policy("octo", None).await.unwrap();
    let OrganisationPolicy::Found { tag, text } = found else { panic!("{found:?}") };
    assert_eq!((tag.as_deref(), text), (Some("W/\"one\""), Ok(TEXT.to_owned())));
    let again = installation.organisation_policy("octo", tag.as_deref()).await;
    assert_eq!(again, Ok(OrganisationPolicy::Unchanged));
    assert_eq!(server.asked()[0].path, "/repos/octo/.github/contents/.github/gate.yml");
    let narrowed = json!({ "permissions": { "contents": "read" } });
    assert_eq!(server.mints()[0].body, narrowed, "a policy is read, and nothing else");
}

#[tokio::test]
async fn what_is_not_there_is_none_and_what_is_no_whole_file_is_an_error() {
    let found = async |status: u16, body: Value| {
        let server = answering(move |_| reply(status, &body)).await;
        server.github.installation(INSTALLATION).organisation_policy("octo", None).await
    };
    let none = found(404, json!({ "message": "Not Found" })).await;
    assert_eq!(none, Ok(OrganisationPolicy::None));
    let large = json!({ "type": "file", "encoding": "none", "size": 2_000_000, "content": "" });
    let link = json!({ "type": "symlink", "size": 9, "target": "../secret.yml" });
    for (body, why) in [
        (json!([{ "type": "file", "name": "a.yml" }]), "a folder"),
        (link, "it is a symlink"),
        (large, "no text for a file of 2000000 bytes"),
        (file(400), "of its 400 bytes"),
    ] {
        let found = found(200, body).await.unwrap();
        let OrganisationPolicy::Found { text: Err(incomplete), .. } = &found else {
            panic!("{found:?}")
        };
        assert!(incomplete.to_string().contains(why), "{incomplete}");
    }
    // A 304 that nobody asked for is no policy.
    let error = found(304, Value::Null).await.unwrap_err();
    assert!(matches!(error, Error::Moved { .. }), "{error}");
}
