//! Default-password algorithms of routers that were published.
