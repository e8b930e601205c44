using Launchpad.Local;

var root = Environment.GetEnvironmentVariable("LAUNCHPAD_HOME") ?? ".launchpad";
var cache = Environment.GetEnvironmentVariable("LAUNCHPAD_CACHE")
    ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "launchpad");
using var loggers = LoggerFactory.Create(log => log.AddSimpleConsole().SetMinimumLevel(LogLevel.Warning));
var context = new CloudContext(new Home(root, cache), Ports.ForSlot(0), TimeProvider.System, loggers);
await using var cloud = await Cloud.StartAsync(context, Cloud.Services(context), CancellationToken.None);
await Task.Delay(Timeout.Infinite);
