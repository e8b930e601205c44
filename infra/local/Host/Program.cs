using Launchpad.Host;
using Launchpad.Host.Replay;

const string Replay = "--replay";

// Makes the durable extension believe in Linux Consumption, where it writes each of its events to standard output.
Environment.SetEnvironmentVariable("CONTAINER_NAME", null);
var settings = new ConfigurationBuilder().AddEnvironmentVariables().AddCommandLine([.. args.Where(argument => argument != Replay)]).Build();
if (settings["app"] is not { Length: > 0 } app)
{
    Console.Error.WriteLine("Say which app to run: --app FOLDER, where `dotnet publish` has put it.");
    return 2;
}

using var logs = Logs.Console();
if (args.Contains(Replay))
{
    await using var replay = new AppReplay(Path.GetFullPath(app), settings, logs);
    return await replay.RunAsync(CancellationToken.None);
}

FunctionsHost host;
try
{
    host = await FunctionsHost.StartAsync(Path.GetFullPath(app), settings, logs, TimeProvider.System);
}
catch (Exception failure)
{
    Console.Error.WriteLine($"The host does not start: {failure.Message} {failure.InnerException?.Message}");
    return 1;
}

await using (host)
{
    await host.AskedToStopAsync();
}

return 0;
