//! Upload tokens: matched, listed, revoked.

use gate_app::store::{Mark, Store, UploadToken};
use gate_core::measure::Digest;

use crate::support::{OTHER, REPOSITORY, at, on_both, receive};

on_both! {
    async fn a_token_matches_for_its_repository_until_it_is_revoked(store: Store) {
        let (token, other) = (Digest::of(b"token"), Digest::of(b"other"));
        for digest in [&token, &token, &other] {
            store.keep_upload_token(REPOSITORY, digest, at(0)).await.unwrap();
        }
        let matches = async |repository, token: &Digest| {
            store.upload_token_matches(repository, token, at(1)).await.unwrap()
        };
        assert!(matches(REPOSITORY, &token).await);
        assert!(!matches(OTHER, &token).await);
        assert!(!matches(REPOSITORY, &Digest::of(b"no")).await);
        assert!(!store.revoke_upload_token(OTHER, &token).await.unwrap());
        assert!(store.revoke_upload_token(REPOSITORY, &token).await.unwrap());
        assert!(!store.revoke_upload_token(REPOSITORY, &token).await.unwrap());
        assert!(!matches(REPOSITORY, &token).await);
        assert!(matches(REPOSITORY, &other).await);
        assert_eq!(store.revoke_upload_tokens(REPOSITORY).await.unwrap(), 1);
        assert!(!matches(REPOSITORY, &other).await);
    }

    async fn a_list_says_when_a_token_was_made_and_used(store: Store) {
        let (old, new) = (Digest::of(b"old"), Digest::of(b"new"));
        store.keep_upload_token(REPOSITORY, &new, at(5)).await.unwrap();
        store.keep_upload_token(REPOSITORY, &old, at(1)).await.unwrap();
        store.keep_upload_token(OTHER, &old, at(1)).await.unwrap();
        assert!(store.upload_token_matches(REPOSITORY, &old, at(9)).await.unwrap());
        assert_eq!(
            store.upload_tokens(REPOSITORY).await.unwrap(),
            [
                UploadToken { digest: old, made: at(1), used: Some(at(9)) },
                UploadToken { digest: new, made: at(5), used: None },
            ]
        );
    }

    async fn a_removed_repository_has_no_tokens(store: Store) {
        let token = Digest::of(b"token");
        store.keep_upload_token(REPOSITORY, &token, at(0)).await.unwrap();
        receive(&store, REPOSITORY, &[Mark::Removed], 1).await;
        assert!(!store.upload_token_matches(REPOSITORY, &token, at(1)).await.unwrap());
        assert_eq!(store.upload_tokens(REPOSITORY).await.unwrap(), []);
    }
}
