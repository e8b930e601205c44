using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace Launchpad.Host;

/// <summary>One line an entry, on standard output, with the time in UTC.</summary>
internal static class Logs
{
    public static ILoggerProvider Console()
    {
        var services = new ServiceCollection();
        services.AddLogging(log => log.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";
        }));
        return services.BuildServiceProvider().GetServices<ILoggerProvider>().OfType<ConsoleLoggerProvider>().Single();
    }
}
