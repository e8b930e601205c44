using System.Net;
using Azure.Storage.Blobs;
using Launchpad.Host.Admin;
using Launchpad.Host.Durable;
using Launchpad.Host.Http;
using Launchpad.Host.Timers;
using Launchpad.Host.Worker;
using Microsoft.AspNetCore.HttpOverrides;
using Yarp.ReverseProxy.Forwarder;

namespace Launchpad.Host;

/// <summary>Runs one published functions app: the app as a process of its own, the durable extension, the timers and the public
/// address.</summary>
internal sealed class FunctionsHost : IAsyncDisposable
{
    // What Azure allows by default.
    private const long BodyBytesMax = 104_857_600;

    private readonly IConfiguration _settings;
    private readonly HostJson _json;
    private readonly ILoggerProvider _logs;
    private readonly ILoggerFactory _loggers;
    private readonly RpcServer _rpc = new();
    private readonly Drain _drain;
    private readonly TimeProvider _time;
    private readonly EngineStore _store;
    private readonly AppWorker _app;
    private readonly DurableHost _durable;
    private TimerService? _timers;
    private WebApplication? _web;

    public FunctionsHost(string folder, IConfiguration settings, ILoggerProvider logs, TimeProvider time)
    {
        (_settings, _logs, _time) = (settings, logs, time);
        _json = new HostJson(settings, folder);
        _loggers = LoggerFactory.Create(log => log.AddProvider(logs).SetMinimumLevel(LogLevel.Information)
            .AddFilter("Microsoft", LogLevel.Warning).AddFilter("Yarp", LogLevel.Error).AddConfiguration(_json.Logging));
        _drain = new Drain(time);
        _store = new EngineStore(_json, settings);
        _app = new AppWorker(folder, _rpc, _json, _loggers);
        _durable = new DurableHost(_app, _json, settings, logs, _store);
    }

    /// <summary>Ends when somebody asked for it: Ctrl-C, SIGTERM.</summary>
    public Task Stopped => _web!.WaitForShutdownAsync();

    public Uri Address => new(_web!.Urls.First());

    public async Task StartAsync(CancellationToken cancellation)
    {
        await _rpc.StartAsync(cancellation);
        await _app.StartAsync(cancellation);
        await _durable.StartAsync(cancellation);
        _timers = Timers();
        _web = Web();
        await _web.StartAsync(cancellation);
        _timers.Start();
        _loggers.CreateLogger<FunctionsHost>().LogInformation("Now listening on: {Address}", Address);
    }

    public async ValueTask DisposeAsync()
    {
        // Requests first, then timers, then the engine that both may be waiting for, then the app that all need.
        _drain.Begin();
        if (_web is not null)
        {
            await _web.StopAsync();
        }

        if (_timers is not null)
        {
            await _timers.DisposeAsync();
        }

        await _durable.DisposeAsync();
        await _app.DisposeAsync();
        await _rpc.DisposeAsync();
        if (_web is not null)
        {
            await _web.DisposeAsync();
        }

        _drain.Dispose();
        _loggers.Dispose();
    }

    private TimerService Timers()
    {
        var storage = _settings["AzureWebJobsStorage"] is { Length: > 0 } connection ? connection
            : throw new InvalidOperationException("Set AzureWebJobsStorage to the connection string of the app's own storage account.");
        var host = _settings["AzureFunctionsWebHost:hostid"] ?? _json.Values["extensions:durableTask:hubName"] ?? "launchpad";
        var container = new BlobContainerClient(storage, "azure-webjobs-hosts");
        var lease = new TimerLease(container, host, _store.HostName, _time, _loggers.CreateLogger<TimerLease>());
        var records = new TimerRecords(container, host, _loggers.CreateLogger<TimerRecords>());
        return new TimerService(_app, _settings, lease, (_time, records), _loggers.CreateLogger<TimerService>());
    }

    private WebApplication Web()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Configuration.AddConfiguration(_settings);
        builder.Logging.AddProvider(_logs).SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.UseKestrelCore().UseUrls(_settings["urls"] ?? _settings["ASPNETCORE_URLS"] ?? "http://localhost:7071");
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = BodyBytesMax;
        });
        var services = builder.Services;
        services.AddRouting().AddCors().AddHttpForwarder();
        services.AddSingleton<Microsoft.AspNetCore.Routing.MatcherPolicy, HttpMethodPolicy>();
        services.Configure<ForwardedHeadersOptions>(options => options.ForwardedHeaders = ForwardedHeaders.All);
        services.Configure<HostOptions>(options => options.ShutdownTimeout = Drain.Limit);
        services.AddSingleton(_app).AddSingleton(_json).AddSingleton(_drain).AddSingleton(_timers!).AddSingleton(_durable.Client);
        services.AddSingleton<HttpLimits>().AddSingleton<HttpEndpoints>();
        services.AddSingleton(new FunctionKeys(_json, _settings));
        services.AddSingleton<AdminAccess>().AddSingleton<HostApi>().AddSingleton<FunctionsApi>().AddSingleton<InstancesApi>();
        EngineStore.AddAdministration(services, _durable.Services);

        var app = builder.Build();
        app.UseForwardedHeaders();
        UseCors(app);
        app.UseRouting();
        ((IEndpointRouteBuilder)app).DataSources.Add(app.Services.GetRequiredService<HttpEndpoints>().DataSource());
        app.Services.GetRequiredService<HostApi>().Map(app);
        app.Services.GetRequiredService<FunctionsApi>().Map(app);
        app.Services.GetRequiredService<InstancesApi>().Map(app);
        app.Services.GetService<BackupApi>()?.Map(app);
        return app;
    }

    /// <summary>On Azure a property of the site; here the settings by which the Core Tools know it.</summary>
    private void UseCors(WebApplication app)
    {
        if (_settings["Host:CORS"]?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) is { Length: > 0 } from)
        {
            app.UseCors(policy =>
            {
                policy.WithOrigins(from).AllowAnyHeader().AllowAnyMethod();
                if (_settings.GetValue<bool>("Host:CORSCredentials"))
                {
                    policy.AllowCredentials();
                }
            });
        }
    }
}
