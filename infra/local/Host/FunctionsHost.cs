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
    private readonly IConfiguration _settings;
    private readonly HostJson _json;
    private readonly ILoggerProvider _logs;
    private readonly ILoggerFactory _loggers;
    private readonly RpcServer _rpc = new();
    private readonly Telemetry _telemetry;
    private readonly Drain _drain;
    private readonly TimeProvider _time;
    private readonly EngineStore _store;
    private readonly AppWorker _app;
    private readonly DurableHost _durable;
    private readonly Cors _cors;
    private readonly string _storage;
    private TimerService? _timers;
    private WebApplication? _web;

    private FunctionsHost(string folder, IConfiguration settings, ILoggerProvider logs, TimeProvider time)
    {
        (_settings, _logs, _time) = (settings, logs, time);
        _json = new HostJson(settings, folder);
        _cors = new Cors(settings);
        _storage = settings["AzureWebJobsStorage"] is { Length: > 0 } storage ? storage
            : throw new InvalidOperationException("Set AzureWebJobsStorage to the connection string of the app's own storage account.");
        _loggers = LoggerFactory.Create(log => log.AddProvider(logs).SetMinimumLevel(LogLevel.Information)
            .AddFilter("Microsoft", LogLevel.Warning).AddFilter("Yarp", LogLevel.Error).AddConfiguration(_json.Logging));
        _telemetry = new Telemetry(_json, settings);
        _drain = new Drain(time);
        _store = new EngineStore(_json, settings);
        _app = new AppWorker(folder, _rpc, _json, _loggers);
        _durable = new DurableHost(_app, _json, settings, logs, _store);
    }

    /// <summary>Ends when somebody asked for it: Ctrl-C, SIGTERM.</summary>
    public async Task AskedToStopAsync() => await Task.Delay(Timeout.Infinite, _web!.Lifetime.ApplicationStopping)
        .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    public static async Task<FunctionsHost> StartAsync(string folder, IConfiguration settings, ILoggerProvider logs, TimeProvider time)
    {
        var host = new FunctionsHost(folder, settings, logs, time);
        try
        {
            await host.StartAsync();
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        // Requests and timers first, then the engine that both may be waiting for, then the app that all need.
        _drain.Begin();
        Task[] ending = [_web?.StopAsync() ?? Task.CompletedTask, _timers?.DisposeAsync().AsTask() ?? Task.CompletedTask];
        await Drain.WithinAsync(Task.WhenAll(ending), Drain.Limit);
        await _durable.DisposeAsync();
        await _app.DisposeAsync();
        await _rpc.DisposeAsync();
        if (_web is not null)
        {
            await _web.DisposeAsync();
        }

        await _telemetry.DisposeAsync();
        _drain.Dispose();
        _loggers.Dispose();
    }

    private async Task StartAsync()
    {
        await _rpc.StartAsync(CancellationToken.None);
        await _app.StartAsync(CancellationToken.None);
        _timers = Timers();
        await _durable.StartAsync(CancellationToken.None);
        _web = Web();
        await _web.StartAsync();
        _timers.Start();
        _loggers.CreateLogger<FunctionsHost>().LogInformation("Now listening on: {Address}", _web.Urls.First());
    }

    private TimerService Timers()
    {
        var host = _settings["AzureFunctionsWebHost:hostid"] ?? _json.Values["extensions:durableTask:hubName"] ?? "launchpad";
        var container = new BlobContainerClient(_storage, "azure-webjobs-hosts");
        // Machines of one kind have one path.
        var name = $"{Environment.MachineName}:{_store.HostName}";
        var lease = new TimerLease(container, host, name, _time, _loggers.CreateLogger<TimerLease>());
        var records = new TimerRecords(container, host, _loggers.CreateLogger<TimerRecords>());
        return new TimerService(_app, _settings, lease, new(_time, records, _drain.Deadline), _loggers.CreateLogger<TimerService>());
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
            kestrel.Limits.MaxRequestBodySize = HttpEndpoints.BodyBytesMax;
        });
        var services = builder.Services;
        services.AddRouting().AddCors().AddHttpForwarder();
        services.AddSingleton<Microsoft.AspNetCore.Routing.MatcherPolicy, HttpMethodPolicy>();
        services.Configure<ForwardedHeadersOptions>(options => options.ForwardedHeaders =
            ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedHost | ForwardedHeaders.XForwardedProto);
        services.Configure<HostOptions>(options => options.ShutdownTimeout = Drain.Limit);
        services.AddSingleton(_app).AddSingleton(_json).AddSingleton(_drain).AddSingleton(_timers!).AddSingleton(_durable.Client);
        services.AddSingleton<HttpFunctions>().AddSingleton<HttpLimits>().AddSingleton<HttpForwarding>().AddSingleton<HttpEndpoints>();
        services.AddSingleton(new FunctionKeys(_json, _settings));
        services.AddSingleton<AdminAccess>().AddSingleton<HostApi>().AddSingleton<FunctionsApi>().AddSingleton<InstancesApi>();
        EngineStore.AddAdministration(services, _durable.Services);

        var app = builder.Build();
        app.UseForwardedHeaders();
        app.Use((http, next) =>
        {
            http.Response.OnStarting(AddCustomHeaders, http.Response);
            return next();
        });
        _cors.Use(app);
        app.UseRouting();
        ((IEndpointRouteBuilder)app).DataSources.Add(app.Services.GetRequiredService<HttpEndpoints>().DataSource());
        app.Services.GetRequiredService<HostApi>().Map(app);
        app.Services.GetRequiredService<FunctionsApi>().Map(app);
        app.Services.GetRequiredService<InstancesApi>().Map(app);
        app.Services.GetService<BackupApi>()?.Map(app);
        return app;
    }

    private Task AddCustomHeaders(object response)
    {
        foreach (var (name, value) in _json.CustomHeaders)
        {
            ((HttpResponse)response).Headers[name] = value;
        }

        return Task.CompletedTask;
    }
}
