//! Credentials and upload tokens.

use gate_app::store::{Mark, Store};
use gate_core::measure::Digest;
use secrecy::{ExposeSecret as _, SecretString};

use crate::support::{OTHER, REPOSITORY, at, on_both, receive};

on_both! {
    async fn the_credentials_kept_last_are_read(store: Store) {
        assert!(store.credentials().await.unwrap().is_none());
        for json in [r#"{"id": 1}"#, r#"{"id": 2}"#] {
            store.keep_credentials(&SecretString::from(json), at(0)).await.unwrap();
            assert_eq!(store.credentials().await.unwrap().unwrap().expose_secret(), json);
        }
    }

    async fn a_token_matches_for_its_repository_until_it_is_revoked(store: Store) {
        let (token, other) = (Digest::of(b"token"), Digest::of(b"other"));
        for digest in [&token, &token, &other] {
            store.keep_upload_token(REPOSITORY, digest, at(0)).await.unwrap();
        }
        assert!(store.upload_token_matches(REPOSITORY, &token).await.unwrap());
        assert!(!store.upload_token_matches(OTHER, &token).await.unwrap());
        assert!(!store.upload_token_matches(REPOSITORY, &Digest::of(b"no")).await.unwrap());
        assert_eq!(store.revoke_upload_tokens(REPOSITORY).await.unwrap(), 2);
        assert!(!store.upload_token_matches(REPOSITORY, &token).await.unwrap());
    }

    async fn a_removed_repository_has_no_tokens(store: Store) {
        let token = Digest::of(b"token");
        store.keep_upload_token(REPOSITORY, &token, at(0)).await.unwrap();
        receive(&store, REPOSITORY, &[Mark::Removed], 1).await;
        assert!(!store.upload_token_matches(REPOSITORY, &token).await.unwrap());
    }
}
