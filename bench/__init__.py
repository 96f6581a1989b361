"""Speed and memory: `make bench` prints what an edition costs beside the bare libraries."""
