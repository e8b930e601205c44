using Launchpad.Durable.Tests;

// Only the crash tests start this: the test runner loads the assembly and never calls its entry point.
return await CrashChild.RunAsync(args);
