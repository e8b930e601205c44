using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Launchpad.Host.Sample;

/// <summary>Closes this process's connections to its host and lives on: what a host sees of an app that hangs up.</summary>
public static partial class RpcStream
{
    [Function("HangUp")]
    public static IResult HangUp([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "hang-up")] HttpRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var arguments = Environment.GetCommandLineArgs();
        var port = new Uri(arguments[Array.IndexOf(arguments, "--functions-uri") + 1]).Port.ToString("X4", CultureInfo.InvariantCulture);
        var sockets = new[] { "/proc/self/net/tcp", "/proc/self/net/tcp6" }.SelectMany(File.ReadLines)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(socket => socket[2].EndsWith($"0100007F:{port}", StringComparison.Ordinal) && socket[3] == "01")
            .Select(socket => $"socket:[{socket[9]}]").ToHashSet();
        var files = new DirectoryInfo("/proc/self/fd").EnumerateFileSystemInfos();
        foreach (var open in files.Where(file => sockets.Contains(file.LinkTarget ?? "")))
        {
            _ = Shutdown(int.Parse(open.Name, CultureInfo.InvariantCulture), 2);
        }

        return Results.NoContent();
    }

    [LibraryImport("libc", EntryPoint = "shutdown")]
    private static partial int Shutdown(int socket, int how);
}
