using System.Runtime.InteropServices;
using System.Text.Json;
using Launchpad.Local;
using Microsoft.Extensions.Logging;

// The part of the pocket cloud that makes machines, as a process of its own that a test can kill: <home> <cache> <ports as JSON>
using var loggers = LoggerFactory.Create(log => log.AddSimpleConsole(console => console.SingleLine = true));
var cloud = new CloudContext(new Home(args[0], args[1]), JsonSerializer.Deserialize<Ports>(args[2])!, TimeProvider.System, loggers);
var services = Cloud.Services(cloud)
    .Where(service => service.Name is "identity" or "arm" or "frontdoor" or "models" or "blobs" or "mail" or "admin").ToList();

var stopping = new TaskCompletionSource();
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
{
    signal.Cancel = true;
    stopping.TrySetResult();
});
await using (await Cloud.StartAsync(cloud, services, CancellationToken.None))
{
    Console.WriteLine("started");
    await stopping.Task;
}
