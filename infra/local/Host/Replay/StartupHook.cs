using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

/// <summary>Runs in the app's process before the app does, and lets it start with nothing but what makes it a worker: orchestrators need
/// none of the services that the app looks for when it starts, nor any of its settings.</summary>
[SuppressMessage("Design", "CA1050", Justification = "The runtime looks for this name.")]
internal static class StartupHook
{
    public static void Initialize() => DiagnosticListener.AllListeners.Subscribe(new Starts());

    private static void Quieten(IServiceCollection services)
    {
        foreach (var own in services.Where(service => service.ServiceType == typeof(IHostedService) && !IsMicrosofts(service)).ToList())
        {
            services.Remove(own);
        }

        services.RemoveAll<IStartupValidator>();
    }

    private static bool IsMicrosofts(ServiceDescriptor service)
    {
        var from = service.ImplementationType?.Assembly ?? service.ImplementationFactory?.Method.Module.Assembly
            ?? service.ImplementationInstance!.GetType().Assembly;
        return from.GetName().Name!.StartsWith("Microsoft.", StringComparison.Ordinal);
    }

    private abstract class Observer<T> : IObserver<T>
    {
        public abstract void OnNext(T value);

        public void OnCompleted()
        {
        }

        public void OnError(Exception error)
        {
        }
    }

    private sealed class Starts : Observer<DiagnosticListener>
    {
        public override void OnNext(DiagnosticListener value)
        {
            if (value.Name == "Microsoft.Extensions.Hosting")
            {
                value.Subscribe(new Building());
            }
        }
    }

    private sealed class Building : Observer<KeyValuePair<string, object?>>
    {
        public override void OnNext(KeyValuePair<string, object?> value)
        {
            if (value is { Key: "HostBuilding", Value: IHostBuilder host })
            {
                host.ConfigureServices(Quieten);
            }
        }
    }
}
