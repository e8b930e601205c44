using System.Collections.Concurrent;
using Launchpad.Host.Sample;
using Launchpad.Host.Timers;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Launchpad.Host.Tests;

/// <summary>The sample app in this process, on a free port of loopback, with a directory of its own.</summary>
internal sealed class SampleHost : IAsyncDisposable
{
    public const string MasterKey = "master of all";

    private readonly IHost app;
    private readonly string folder;
    private readonly bool keepFolder;

    private SampleHost(IHost app, string folder, bool keepFolder, LogLines log)
    {
        this.app = app;
        this.folder = folder;
        this.keepFolder = keepFolder;
        Log = log;
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        Http = new HttpClient { BaseAddress = new Uri(address) };
    }

    public HttpClient Http { get; }

    public LogLines Log { get; }

    public Journal Journal => app.Services.GetRequiredService<Journal>();

    public T Service<T>() where T : notnull => app.Services.GetRequiredService<T>();

    public static string NewFolder() => Directory.CreateTempSubdirectory("launchpad-host-").FullName;

    public static async Task<SampleHost> StartAsync(TimeProvider? time = null, string? folder = null, params string[] settings)
    {
        var directory = folder ?? NewFolder();
        var log = new LogLines();
        string[] args =
        [
            "--urls=http://127.0.0.1:0",
            $"--Durable:Directory={directory}",
            $"--AzureFunctionsJobHost:MasterKey={MasterKey}",
            "--Sample:Nightly=0 0 3 * * *",
            .. settings,
        ];
        var builder = new FunctionsApplicationBuilder(args, typeof(App).Assembly);
        App.Compose(builder);
        builder.Logging.ClearProviders();
        builder.Logging.AddProvider(log);
        if (time is not null)
        {
            builder.Services.AddSingleton(services => new TimerClock(
                time, new TimerRecords(Path.Combine(directory, "timers"), services.GetRequiredService<ILogger<TimerRecords>>())));
        }

        var app = builder.Build();
        await app.StartAsync();
        return new SampleHost(app, directory, folder is not null, log);
    }

    public async Task<(int Status, string Body)> GetAsync(string path)
    {
        using var response = await Http.GetAsync(new Uri(path, UriKind.Relative));
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await app.StopAsync();
        await ((IAsyncDisposable)app).DisposeAsync();
        if (!keepFolder)
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}

/// <summary>One host for all tests that leave nothing behind.</summary>
public sealed class SharedHost : IAsyncLifetime
{
    internal SampleHost App { get; private set; } = null!;

    public async Task InitializeAsync() => App = await SampleHost.StartAsync(
        null,
        null,
        "--Host:FunctionKeys:default=any function",
        "--Functions:Keyed:Keys:mine=only keyed",
        "--AzureFunctionsJobHost:logging:logLevel:Function=Debug");

    public Task DisposeAsync() => App.DisposeAsync().AsTask();
}

/// <summary>Keeps what was logged.</summary>
internal sealed class LogLines : ILoggerProvider
{
    private readonly ConcurrentQueue<string> lines = new();

    public IReadOnlyList<string> Lines => [.. lines];

    public ILogger CreateLogger(string categoryName) => new Logger(categoryName, lines);

    public void Dispose() => lines.Clear();

    private sealed class Logger(string category, ConcurrentQueue<string> lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Enqueue($"{logLevel} {category}: {formatter(state, exception)} {exception}");
    }
}
