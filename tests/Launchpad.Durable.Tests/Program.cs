using Launchpad.Durable.Tests;

// Only the crash tests and a person start this: the test runner loads the assembly and never calls its entry point.
return args is ["bench", ..] ? await Bench.RunAsync(args) : await CrashChild.RunAsync(args);
