//! The end of a history: what was broken is mended, and the log must go on without hands.

use super::node::{Life, Node};
use super::{NODES, World};
use crate::sequencer::Ready;

impl World {
    /// Whatever was broken is mended, and every node is started: the log must go on without hands.
    pub(super) async fn heal(&mut self) {
        for at in 0..NODES {
            while matches!(self.nodes[at].life, Life::Busy(_)) {
                self.nodes[at].gate().answer = Some(Ok(()));
                self.advance(at, "goes on").await;
            }
        }
        while !self.late.is_empty() {
            self.land_late().await;
        }
        if let Some(storage) = self.storage.clone() {
            while storage.land_late().await {
                self.look(0).await;
            }
        }
        self.nodes.iter_mut().for_each(Node::mend);
        let mut rounds = 0;
        // A node that was replaced while its clock was wrong may believe that it leads until its renewal is due.
        while self.truth.missing().next().is_some() || rounds < 3 || !self.agree().await {
            rounds += 1;
            // Twice the term of a lease, in steps of the nodes' tick, and some more for clocks that ran ahead.
            assert!(rounds < 40, "{}: nobody takes over", self.place());
            self.time += 500;
            let time = self.time;
            self.nodes.iter_mut().for_each(|node| node.set_clock(time));
            for at in 0..NODES {
                if matches!(self.nodes[at].life, Life::Down) {
                    self.start(at).await;
                    self.finish(at).await;
                }
                self.work(at, "tends", Node::tend).await;
                self.finish(at).await;
                let missing: Vec<_> = self.truth.missing().collect();
                if !missing.is_empty() {
                    let handed = self.nodes[at].ask(missing, Ready::Published);
                    self.work(at, "sequences", |node| node.sequence(vec![handed])).await;
                    self.finish(at).await;
                }
                self.publish(at).await;
            }
        }
        // Everything once more gets the same indexes, and everybody shows all of it.
        let leads = (0..NODES).find(|at| self.nodes[*at].leads()).expect("somebody leads");
        let all = self.truth.all();
        let handed = self.nodes[leads].ask(all, Ready::Published);
        self.work(leads, "sequences", |node| node.sequence(vec![handed])).await;
        self.finish(leads).await;
        self.publish(leads).await;
        let place = self.place();
        for at in 0..NODES {
            self.work(at, "tends", Node::tend).await;
            self.finish(at).await;
            self.publish(at).await;
        }
        for node in &self.nodes {
            let entries = node.check(&self.log).await.unwrap_or_else(|why| panic!("{place}: {why}"));
            self.truth.holds(&entries, &place);
        }
    }

    /// Whether every node shows all of the log, and one of them leads.
    async fn agree(&mut self) -> bool {
        let size = self.truth.size;
        for node in &mut self.nodes {
            if node.shown().await.is_none_or(|(shown, _)| shown != size) {
                return false;
            }
        }
        self.nodes.iter().any(Node::leads)
    }

    async fn finish(&mut self, at: usize) {
        while matches!(self.nodes[at].life, Life::Busy(_)) {
            self.nodes[at].gate().answer = Some(Ok(()));
            self.advance(at, "goes on").await;
        }
    }
}
