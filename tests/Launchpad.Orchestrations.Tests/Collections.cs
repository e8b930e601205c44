// Those with a world of their own wait for its processes as long as they work: two at a time would leave a machine of two cores idle.
[assembly: CollectionBehavior(MaxParallelThreads = 4)]
