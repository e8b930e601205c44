using System.Reflection;
using System.Text.Json;
using Launchpad.Durable;
using Launchpad.Host.Admin;
using Launchpad.Host.Discovery;
using Launchpad.Host.Http;
using Launchpad.Host.Invocation;
using Launchpad.Host.Orchestrations;
using Launchpad.Host.Timers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Routing;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Launchpad.Host;

/// <summary>Puts a functions app and everything that runs it into one process.</summary>
internal sealed class FunctionsHostBuilder
{
    // What Azure allows by default.
    private const long BodyBytesMax = 104_857_600;

    private readonly Assembly application;
    private readonly MiddlewareList middleware = new();

    public FunctionsHostBuilder(string[] args, Assembly application)
    {
        this.application = application;
        Web = WebApplication.CreateEmptyBuilder(new WebApplicationOptions
        {
            Args = args,
            ApplicationName = application.GetName().Name,
            EnvironmentName = Environment.GetEnvironmentVariable("AZURE_FUNCTIONS_ENVIRONMENT") ?? Environments.Production,
        });
        AddConfiguration(args);
        Host = new HostJson(Web.Configuration, Path.GetDirectoryName(application.Location)!);
        AddLogging();
        AddServer();
        Web.Host.UseDefaultServiceProvider((context, provider) =>
            provider.ValidateScopes = provider.ValidateOnBuild = context.HostingEnvironment.IsDevelopment());
        AddFunctions();
    }

    public WebApplicationBuilder Web { get; }

    /// <summary>Set by the ASP.NET Core integration, without which HTTP functions cannot answer.</summary>
    public bool AnswersHttp { get; set; }

    private HostJson Host { get; }

    public void Use(Func<FunctionExecutionDelegate, FunctionExecutionDelegate> step) => middleware.Add(step);

    public IHost Build()
    {
        var app = Web.Build();
        if (Web.Configuration.GetValue<bool>("Durable:Replay"))
        {
            return new ReplayHost(app, app.Services.GetRequiredService<DurableOptions>());
        }

        var http = app.Services.GetRequiredService<HttpEndpoints>();
        if (!AnswersHttp && http.Functions is [var first, ..])
        {
            throw first.Function.Invalid("is called over HTTP, which needs builder.ConfigureFunctionsWebApplication()");
        }

        app.UseForwardedHeaders();
        app.UseRouting();
        ((IEndpointRouteBuilder)app).DataSources.Add(http.DataSource());
        app.Services.GetRequiredService<HostApi>().Map(app);
        app.Services.GetRequiredService<FunctionsApi>().Map(app);
        app.Services.GetRequiredService<InstancesApi>().Map(app);
        app.Services.GetRequiredService<BackupApi>().Map(app);
        return app;
    }

    private void AddConfiguration(string[] args) => Web.Configuration
        .AddJsonFile("appsettings.json", optional: true, reloadOnChange: false)
        .AddEnvironmentVariables("ASPNETCORE_")
        .AddEnvironmentVariables("AZURE_FUNCTIONS_")
        .AddEnvironmentVariables()
        .AddCommandLine(args);

    private void AddLogging() => Web.Logging
        .SetMinimumLevel(LogLevel.Information)
        .AddFilter("Microsoft", LogLevel.Warning)
        .AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Information)
        .AddFilter("Azure", LogLevel.Warning)
        .AddConfiguration(Host.Logging)
        .AddConfiguration(Web.Configuration.GetSection("Logging"))
        .AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";
        });

    private void AddServer()
    {
        Web.WebHost.UseKestrelCore();
        Web.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = BodyBytesMax;
        });
        Web.Services.AddRouting();
        Web.Services.AddSingleton<MatcherPolicy, HttpMethodPolicy>();
        Web.Services.Configure<ForwardedHeadersOptions>(options => options.ForwardedHeaders = ForwardedHeaders.All);
        Web.Services.Configure<HostOptions>(options => options.ShutdownTimeout = Drain.Limit);
    }

    private void AddFunctions()
    {
        var services = Web.Services;
        services.AddSingleton(TimeProvider.System);
        services.AddOptions<JsonSerializerOptions>().Configure(json => json.PropertyNameCaseInsensitive = true);
        services.AddSingleton(Host);
        services.AddSingleton(middleware);
        services.AddSingleton(_ => FunctionList.Discover(application));
        services.AddSingleton<FunctionPipeline>();
        services.AddSingleton<FunctionKeys>();
        services.AddSingleton<Drain>();
        services.AddSingleton<HttpEndpoints>();

        services.AddSingleton(provider =>
            DurableSettings.Read(Host, Web.Configuration, provider.GetRequiredService<IOptions<JsonSerializerOptions>>().Value));
        services.AddSingleton(provider => new DurableEngine(
            provider.GetRequiredService<DurableOptions>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILoggerFactory>()));
        services.AddSingleton<DurableFunctions>();

        services.AddSingleton(provider => new TimerClock(
            provider.GetRequiredService<TimeProvider>(),
            new TimerRecords(
                Path.Combine(DurableSettings.Folder(Web.Configuration), "timers"),
                provider.GetRequiredService<ILogger<TimerRecords>>())));
        services.AddSingleton<TimerService>();

        // Stopped in reverse: requests first, then timers, then the engine that both may be waiting for.
        services.AddHostedService<DurableService>();
        services.AddHostedService(provider => provider.GetRequiredService<TimerService>());

        services.AddSingleton<AdminAccess>();
        services.AddSingleton<HostApi>();
        services.AddSingleton<FunctionsApi>();
        services.AddSingleton<InstancesApi>();
        services.AddSingleton<BackupApi>();
    }
}
