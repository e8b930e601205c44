using System.Reflection;
using Launchpad.Host;
using Microsoft.AspNetCore.Builder;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Microsoft.Azure.Functions.Worker.Builder;

/// <summary>Composes a functions app. What it builds hosts itself: routes, timers and orchestrations run in this process.</summary>
public class FunctionsApplicationBuilder : IHostApplicationBuilder, IFunctionsWorkerApplicationBuilder
{
    private bool built;

    internal FunctionsApplicationBuilder(string[] args)
        : this(args, Assembly.GetEntryAssembly()!)
    {
    }

    internal FunctionsApplicationBuilder(string[] args, Assembly application) => Host = new FunctionsHostBuilder(args, application);

    public IDictionary<object, object> Properties => Application.Properties;

    public ConfigurationManager Configuration => Host.Web.Configuration;

    public IHostEnvironment Environment => Host.Web.Environment;

    public ILoggingBuilder Logging => Host.Web.Logging;

    public IMetricsBuilder Metrics => Host.Web.Metrics;

    public IServiceCollection Services => Host.Web.Services;

    IConfigurationManager IHostApplicationBuilder.Configuration => Configuration;

    internal FunctionsHostBuilder Host { get; }

    private IHostApplicationBuilder Application => Host.Web;

    public IHost Build()
    {
        ThrowIfBuilt();
        built = true;
        return Host.Build();
    }

    public void ConfigureContainer<TContainerBuilder>(
        IServiceProviderFactory<TContainerBuilder> factory, Action<TContainerBuilder>? configure = null)
        where TContainerBuilder : notnull => Application.ConfigureContainer(factory, configure);

    public IFunctionsWorkerApplicationBuilder Use(Func<FunctionExecutionDelegate, FunctionExecutionDelegate> middleware)
    {
        ThrowIfBuilt();
        Host.Use(middleware);
        return this;
    }

    private void ThrowIfBuilt()
    {
        if (built)
        {
            throw new InvalidOperationException("The application has already been built.");
        }
    }
}
