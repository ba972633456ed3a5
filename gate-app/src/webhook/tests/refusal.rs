//! What is refused, and that nothing panics.

use proptest::prelude::*;

use super::*;

#[test]
fn what_is_unsigned_is_refused_before_anything_else_is_looked_at() {
    let body = b"not even JSON";
    let mut headers = HeaderMap::new();
    let refusal = read(&headers, body, &secrets(), OWN).unwrap_err();
    assert_eq!(refusal, Refusal::Unsigned("is absent"));
    headers.insert("x-hub-signature-256", signature(b"another body").parse().unwrap());
    let refusal = read(&headers, body, &secrets(), OWN).unwrap_err();
    assert_eq!(refusal, Refusal::Unsigned("does not belong to the body"));
    headers.insert("x-hub-signature-256", signature(body).parse().unwrap());
    assert!(matches!(read(&headers, body, &[], OWN), Err(Refusal::Unsigned(_))));
    headers.append("x-hub-signature-256", signature(body).parse().unwrap());
    let refusal = read(&headers, body, &secrets(), OWN).unwrap_err();
    assert_eq!(refusal, Refusal::Unsigned("stands there twice"));
}

#[test]
fn headers_that_make_no_sense_are_named() {
    let body = payload("opened", &pull_request("open")).to_string().into_bytes();
    for (name, value) in [
        ("x-github-delivery", None),
        ("x-github-delivery", Some("")),
        ("x-github-delivery", Some("a b")),
        ("x-github-event", None),
        ("x-github-event", Some("Pull Request")),
        ("x-github-event", Some("../..")),
    ] {
        let mut headers = headers("pull_request", &body);
        headers.remove(name);
        if let Some(value) = value {
            headers.insert(name, value.parse().unwrap());
        }
        let Err(Refusal::Headers { header, .. }) = read(&headers, &body, &secrets(), OWN) else {
            panic!("{name} {value:?} was accepted");
        };
        assert_eq!(header.to_lowercase(), name);
    }
}

#[test]
fn a_signed_payload_that_lacks_what_we_read_is_refused_not_guessed() {
    let mut no_sha = pull_request("open");
    no_sha["pull_request"]["head"]["sha"] = "main".into();
    let mut no_state = pull_request("open");
    no_state["pull_request"]["state"] = "draft".into();
    let mut nowhere = payload("", &json!({ "sha": HEAD }));
    nowhere.as_object_mut().unwrap().remove("repository");
    let mut nobody = payload("deleted", &json!({}));
    nobody.as_object_mut().unwrap().remove("installation");
    let mut misnamed = payload("", &json!({ "sha": HEAD }));
    misnamed["repository"]["full_name"] = "a/b/c".into();
    for (event, payload) in [
        ("pull_request", payload("opened", &json!({}))),
        ("pull_request", payload("opened", &no_sha)),
        ("pull_request", payload("opened", &no_state)),
        ("status", nowhere),
        ("status", misnamed),
        ("installation", nobody),
        ("push", payload("", &json!({ "ref": "refs/heads/main", "after": HEAD }))),
        ("push", payload("", &push("refs/heads/main", "HEAD"))),
    ] {
        let refusal = signed(event, payload.to_string().as_bytes());
        assert!(matches!(refusal, Err(Refusal::Payload { .. })), "{event}: {refusal:?}");
    }
    let form = b"payload=%7B%22action%22%3A%22opened%22%7D";
    let told = signed("pull_request", form).unwrap_err().to_string();
    assert!(told.ends_with("needs the content type application/json"), "{told}");
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(
        body in proptest::collection::vec(any::<u8>(), 0..2048),
        event in prop_oneof![Just("pull_request"), Just("push"), Just("star")],
    ) {
        // Signed, so that the bytes reach the innermost part.
        let _ = signed(event, &body);
    }

    #[test]
    fn no_json_makes_the_reader_panic(
        row in 0..EVENTS.len(),
        key in prop_oneof![
            Just("pull_request"), Just("check_run"), Just("check_suite"), Just("merge_group"),
            Just("workflow_run"), Just("repository"), Just("ref"), Just("sha"), Just("action"),
        ],
        value in prop_oneof![
            Just(Value::Null), Just(json!([])), Just(json!({})), Just(json!(-1)), Just(json!("x")),
        ],
    ) {
        let event = &EVENTS[row];
        for &(action, reading) in event.actions {
            let (more, _) = example(event.name, reading);
            let mut payload = payload(action, &more);
            payload[key] = value.clone();
            let read = signed(event.name, payload.to_string().as_bytes());
            let fault = matches!(read, Err(Refusal::Unsigned(_) | Refusal::Headers { .. }));
            prop_assert!(!fault);
        }
    }

    #[test]
    fn one_flipped_bit_is_enough_to_be_refused(bit in any::<proptest::sample::Index>()) {
        let mut body = payload("opened", &pull_request("open")).to_string().into_bytes();
        let headers = headers("pull_request", &body);
        let bit = bit.index(body.len() * 8);
        body[bit / 8] ^= 1 << (bit % 8);
        let refusal = read(&headers, &body, &secrets(), OWN);
        prop_assert!(matches!(refusal, Err(Refusal::Unsigned(_))));
    }
}
