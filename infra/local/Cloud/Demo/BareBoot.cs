using System.Diagnostics;
using System.Globalization;

namespace Launchpad.Local.Demo;

/// <summary>How long a plain `docker run` of the bot's image takes to be ready: on the same machine, with the same limits and settings,
/// on an empty volume, and with nothing of Launchpad around it. What provisioning is measured against.</summary>
public static class BareBoot
{
    private const string Name = "bare-boot";

    // A constant: its arguments are the deployment's id and limits, which this program read from Docker itself.
    private const string Script = """
        set -eu
        deployment=$1 image=$2 memory=$3 cpus=$4 pids=$5; shift 5
        trap 'docker rm -f bare-boot >/dev/null 2>&1; rm -rf /var/lib/bare-boot' EXIT
        start() {
          docker rm -f bare-boot >/dev/null 2>&1 || true
          rm -rf /var/lib/bare-boot && mkdir -p /var/lib/bare-boot
          cp -a "/var/lib/launchpad/$deployment/volume/data/openclaw.json" /var/lib/bare-boot/
          chown -R --reference="/var/lib/launchpad/$deployment/volume/data" /var/lib/bare-boot
          begin=$(date +%s%3N)
          docker run -d --name bare-boot --memory "$memory" --memory-swap "$memory" --cpus "$cpus" --pids-limit "$pids" --read-only \
            --tmpfs /tmp:rw,noexec,nosuid,nodev,size=256m,mode=1777 -v /var/lib/bare-boot:/data \
            -v "/run/launchpad/$deployment/secrets:/run/secrets:ro" --user 1000:1000 "$@" "$image" >/dev/null
          address=$(docker inspect -f '{{.NetworkSettings.IPAddress}}' bare-boot)
        }
        start "$@"
        began=$begin
        # A bot that gives up its start is restarted by its machine; nothing restarts this one, so it starts anew and is measured from there.
        until { exec 3<>"/dev/tcp/$address/18789" && printf 'GET /readyz HTTP/1.0\r\nHost: x\r\n\r\n' >&3 && head -n 1 <&3 | grep -q ' 200 '; } 2>/dev/null; do
          [ $(($(date +%s%3N) - began)) -lt 300000 ] || { docker logs --tail 20 bare-boot >&2; exit 1; }
          [ "$(docker inspect -f '{{.State.Running}}' bare-boot)" = true ] || start "$@"
          sleep 0.05
        done
        echo $(($(date +%s%3N) - begin))
        """;

    /// <summary>Milliseconds from the `docker run` that led there to the first 200 of /readyz.</summary>
    public static async Task<long> MeasureAsync(string dockerSocket, string deployment, CancellationToken ct)
    {
        var (machine, bot) = await FindAsync(dockerSocket, deployment, ct);
        var described = await Inside(
            dockerSocket, machine, ct, "docker", "inspect", bot, "--format",
            "{{.Image}} {{.HostConfig.Memory}} {{.HostConfig.NanoCpus}} {{.HostConfig.PidsLimit}}");
        var parts = described.Split(' ', StringSplitOptions.TrimEntries);
        var environment = await Inside(
            dockerSocket, machine, ct, "docker", "inspect", bot, "--format", "{{range .Config.Env}}--env\n{{.}}\n{{end}}");
        string[] arguments =
        [
            "bash", "-c", Script, Name, deployment, parts[0], parts[1],
            (long.Parse(parts[2], CultureInfo.InvariantCulture) / 1e9).ToString(CultureInfo.InvariantCulture), parts[3],
            .. environment.Split('\n', StringSplitOptions.RemoveEmptyEntries),
        ];
        return long.Parse(await Inside(dockerSocket, machine, ct, arguments), CultureInfo.InvariantCulture);
    }

    private static async Task<(string Machine, string Bot)> FindAsync(string socket, string deployment, CancellationToken ct)
    {
        var machines = await RunAsync(socket, ct, "ps", "--filter", "label=launchpad.machine", "--format", "{{.Names}}");
        foreach (var machine in machines.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (await BotAsync(socket, machine, deployment, ct) is { Length: > 0 } bot)
            {
                return (machine, bot);
            }
        }

        throw new InvalidOperationException($"No machine runs {deployment}.");
    }

    /// <summary>Null for a machine that is just coming up or going away, which may be one of another home.</summary>
    private static async Task<string?> BotAsync(string socket, string machine, string deployment, CancellationToken ct)
    {
        try
        {
            return await Inside(
                socket, machine, ct, "docker", "ps", "--filter", $"label=launchpad.deployment={deployment}", "--format", "{{.Names}}");
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static Task<string> Inside(string socket, string machine, CancellationToken ct, params string[] arguments) =>
        RunAsync(socket, ct, ["exec", machine, .. arguments]);

    private static async Task<string> RunAsync(string socket, CancellationToken ct, params string[] arguments)
    {
        using var docker = Process.Start(new ProcessStartInfo("docker", [$"--host=unix://{socket}", .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var output = docker.StandardOutput.ReadToEndAsync(ct);
        var error = docker.StandardError.ReadToEndAsync(ct);
        await docker.WaitForExitAsync(ct);
        return docker.ExitCode == 0
            ? (await output).Trim()
            : throw new InvalidOperationException($"docker {arguments[0]} ended with {docker.ExitCode}: {(await error).Trim()}");
    }
}
