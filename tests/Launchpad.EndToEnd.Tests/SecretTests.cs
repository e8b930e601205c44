using System.Diagnostics;
using System.Text;
using Launchpad.Local.Demo;

namespace Launchpad.EndToEnd.Tests;

/// <summary>A secret that a customer typed is searched for everywhere but where it belongs.</summary>
[Collection(OnOneStack.Name)]
public sealed class SecretTests(OnOneStack.Fixture fixture)
{
    private readonly Stack stack = fixture.Stack;

    [Fact]
    public async Task A_typed_secret_is_in_the_vault_and_in_the_bots_memory_files_and_nowhere_else()
    {
        var canary = $"sk-canary-{Guid.NewGuid():N}";
        using var customer = await stack.SignedUpAsync();
        var (deployment, operation) = await customer.RunningAsync(new { name = "Ada", plan = "starter", modelKey = canary });
        await customer.DoAsync(HttpMethod.Post, $"deployments/{deployment}/test-message", new { text = "Hello" });
        using var logs = await customer.SendAsync(HttpMethod.Get, $"deployments/{deployment}/logs", null, Stack.Within(1));
        var machine = await stack.MachineOfAsync(deployment);

        // Where it belongs; the search below would find it there too, so it does search.
        Assert.Equal(canary, await Stack.OnMachineAsync(machine, "cat", $"/run/launchpad/{deployment}/secrets/model-key"));

        // Tables, histories, logs, the pocket cloud's own state (the vault's is encrypted), traces of requests.
        Assert.Equal("", await FilesHoldingAsync(stack.Home, canary));
        Assert.DoesNotContain(canary, (await stack.InstanceAsync(operation.Id)).ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotContain(canary, logs.RootElement.GetRawText(), StringComparison.Ordinal);
        Assert.Empty(ProcessesShowing(canary));

        // The machine: disk, images, container configuration.
        var onDisk = await Stack.OnMachineAsync(
            machine, "sh", "-c", "grep -rlF -- \"$1\" /var/lib/launchpad /var/lib/cloud /var/lib/caddy /var/log /etc /home /opt /root 2>/dev/null; true", "grep", canary);
        Assert.Equal("", onDisk);
        var bots = await Stack.OnMachineAsync(machine, "sh", "-c", "docker inspect $(docker ps -aq); docker image inspect $(docker images -q)");
        Assert.DoesNotContain(canary, bots, StringComparison.Ordinal);
        Assert.DoesNotContain(canary, await Stack.DockerAsync("inspect", machine), StringComparison.Ordinal);

        await customer.DeletedAsync(deployment);
        Assert.Equal("", await Stack.OnMachineAsync(machine, "sh", "-c", "grep -rlF -- \"$1\" /run/launchpad 2>/dev/null; true", "grep", canary));
    }

    /// <summary>grep takes no lock and so sees what is open elsewhere; sockets and devices are skipped.</summary>
    private static async Task<string> FilesHoldingAsync(string folder, string text)
    {
        using var grep = Process.Start(new ProcessStartInfo(
            "grep", ["--recursive", "--text", "--fixed-strings", "--files-with-matches", "--devices=skip", "--", text, folder])
        {
            RedirectStandardOutput = true,
        })!;
        var found = await grep.StandardOutput.ReadToEndAsync();
        await grep.WaitForExitAsync();
        return grep.ExitCode is 0 or 1 ? found : throw new InvalidOperationException($"grep ended with {grep.ExitCode}");
    }

    /// <summary>Argument lists and environments of every process of this machine, those inside containers too.</summary>
    private static List<string> ProcessesShowing(string text)
    {
        var needle = Encoding.UTF8.GetBytes(text);
        var found = new List<string>();
        foreach (var process in Directory.EnumerateDirectories("/proc").Where(path => char.IsAsciiDigit(path[6])))
        {
            foreach (var file in new[] { "cmdline", "environ" })
            {
                try
                {
                    if (File.ReadAllBytes(Path.Combine(process, file)).AsSpan().IndexOf(needle) >= 0)
                    {
                        found.Add(Path.Combine(process, file));
                    }
                }
                catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
                {
                    // It ended between the listing and the look.
                }
            }
        }

        return found;
    }
}
