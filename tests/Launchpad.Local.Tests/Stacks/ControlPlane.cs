namespace Launchpad.Local.Tests.Stacks;

/// <summary>A program that a stack can supervise in the control plane's place, and that tells a test what it was given.</summary>
internal static class ControlPlane
{
    private const string Program = """
        #!/usr/bin/env node
        const { createServer } = require("node:http");
        let visits = 0;
        createServer((request, response) => {
          if (request.url === "/die") process.exit(3);
          response.end(request.url === "/settings" ? JSON.stringify(process.env) : request.url === "/visits" ? `${++visits}` : "ok");
        }).listen(new URL(process.env.ASPNETCORE_URLS).port, "127.0.0.1", () => console.log("listening"));
        process.on("SIGTERM", () => process.exit(0));
        """;

    public static string Write(string directory)
    {
        var path = Path.Combine(directory, "control-plane.cjs");
        if (!File.Exists(path))
        {
            File.WriteAllText(path, Program + "\n");
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return path;
    }
}
