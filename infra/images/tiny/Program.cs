using System.Runtime.InteropServices;
using Launchpad.TinyBot;

var settings = BotSettings.FromEnvironment();
if (args is ["config", "validate", ..])
{
    return BotConfigFile.Validate(settings.ConfigPath, Console.Out);
}

if (settings.Failure is "start" || (settings.Failure is "channels" && !settings.SkipsChannels))
{
    Console.Error.WriteLine("tinybot: told to fail at start");
    return 1;
}

if (!BotConfigFile.TryRead(settings.ConfigPath, out var config))
{
    // What the real gateway answers for a config it cannot use: no restart will help.
    Console.Error.WriteLine($"tinybot: {settings.ConfigPath} is not a JSON object");
    return 78;
}

using var stop = new CancellationTokenSource();
using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => { context.Cancel = true; stop.Cancel(); });
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => { context.Cancel = true; stop.Cancel(); });

var state = BotState.Open(settings.StateDirectory);
var server = new BotServer(settings, config, state);
Console.WriteLine($"tinybot: boot {state.Boots}, port {settings.Port}, config {(config is null ? "absent" : "delivered")}");
return await server.RunAsync(stop.Token);
