"""Topics and queues: who may send, who may read, and whether the messages are encrypted."""
