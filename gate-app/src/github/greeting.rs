//! The first question to GitHub: whether it takes us for the App, and what time it is there. Asked by
//! `doctor`.

use jiff::Timestamp;

use super::{
    AppAccount, Delivery, Error, GitHub,
    route::Route,
    send::{USUAL, Who},
};

/// GitHub's answer.
#[derive(Debug, Clone)]
pub struct Greeting {
    /// The App as it is registered, if GitHub takes us for it.
    pub app: Result<AppAccount, Error>,
    /// What time it was at GitHub, to the second; it says so even to those it does not know.
    pub time: Option<Timestamp>,
}

impl GitHub {
    /// Asks who we are.
    pub async fn greet(&self) -> Greeting {
        let route = Route::get("/app", &[]);
        match self.send(Who::App, &route, None, USUAL).await {
            Err(error) => Greeting { app: Err(error), time: None },
            Ok(answer) => Greeting {
                time: answer.headers.time(),
                app: answer.check(&route, self.now()).and_then(|()| answer.json(&route)),
            },
        }
    }

    /// The newest attempts to deliver an event to us, the newest first: a hundred at most.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub async fn latest_deliveries(&self) -> Result<Vec<Delivery>, Error> {
        let route = Route::get("/app/hook/deliveries", &[]).with(&[("per_page", "100")]);
        self.json(Who::App, &route, None).await
    }
}
