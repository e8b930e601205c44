using System.Globalization;
using Launchpad.Local.Demo;

namespace Launchpad.Bench;

/// <summary>A gigabyte of a bot, half of it random, into the store and back, against `tar | zstd | age` to the disk of the same machine and
/// the way back. The bot is asked ten times a second meanwhile. What of it is the machine's, and what the store takes for itself, has rows
/// of its own.</summary>
internal static class BackupBench
{
    private const double PipelineGoal = 1.3;
    private const int ResidentGoalKb = 100 << 10;
    private const int LookMs = 100;

    private const string Fill = """
        set -eu
        data=/var/lib/launchpad/$1/volume/data
        mkdir -p "$data/workspace/bench"
        head -c 512M /dev/urandom >"$data/workspace/bench/random"
        yes 'The quick brown fox jumps over the lazy dog.' | head -c 512M >"$data/workspace/bench/text"
        chown -R --reference="$data" "$data/workspace/bench"
        sync
        """;

    // The recipient is of an identity that is made here and nowhere kept.
    private const string Pack = """
        set -euo pipefail
        cd /var/lib/launchpad
        age-keygen -o bench.key 2>/dev/null
        begin=$(date +%s%3N)
        tar -C "$1/volume/data" -cf - . | zstd -3 -q | age -r "$(age-keygen -y bench.key)" >bench.age
        sync bench.age
        echo $(($(date +%s%3N) - begin))
        """;

    private const string Unpack = """
        set -euo pipefail
        cd /var/lib/launchpad
        mkdir bench.out
        begin=$(date +%s%3N)
        age -d -i bench.key bench.age | zstd -dq | tar -C bench.out -xf -
        sync --file-system bench.out
        echo $(($(date +%s%3N) - begin))
        rm -rf bench.out bench.age bench.key
        """;

    // The same verb with the same request, but for who takes the archive.
    private const string IntoSink = """
        set -euo pipefail
        socat -b 131072 TCP-LISTEN:9100,bind=127.0.0.1,reuseaddr,fork UNIX-CONNECT:/run/pocket/bench.sock &
        relay=$!
        trap 'kill "$relay"' EXIT
        program=$(ls -t /opt/launchpad/*/launchpad-vm | head -n 1)
        recipient=$(age-keygen 2>/dev/null | age-keygen -y)
        begin=$(date +%s%3N)
        printf '{"deployment":"%s","backup":"bak_%sbench0","to":"http://127.0.0.1:9100/bench?sig=none","recipient":"%s",%s}' \
          "$1" "${1#dep_}" "$recipient" '"heldSecondsMax":10,"stoppedSecondsMax":600,"keep":7' | "$program" backup >/dev/null
        echo $(($(date +%s%3N) - begin))
        """;

    private const string Resident = """
        for process in /proc/[0-9]*; do
          case $(readlink "$process/exe" 2>/dev/null) in
            /opt/launchpad/*) awk '/^VmHWM:/ { print $2 }' "$process/status" ;;
          esac
        done 2>/dev/null | sort -n | tail -n 1
        """;

    public static async Task<Report> RunAsync(Action<string> say)
    {
        await using var stack = await LocalStack.StartAsync(say);
        say("A bot …");
        using var customer = Customer.Of(stack.ControlPlane);
        var ct = CancellationToken.None;
        await customer.SignUpAsync($"{Guid.NewGuid():N}@example.com", Guid.NewGuid().ToString("N"), ct);
        var deployment = await Rollout.BuyAsync(customer, ct);
        using var door = new BotDoor(new Uri((await customer.DeploymentAsync(deployment, ct)).Url!), stack.CaPath);
        await using var watch = new Watch(door);

        say("A gigabyte of files …");
        await stack.OnMachineAsync(Fill, deployment);
        var packed = double.Parse(await stack.OnMachineAsync(Pack, deployment), CultureInfo.InvariantCulture);
        var unpacked = double.Parse(await stack.OnMachineAsync(Unpack, deployment), CultureInfo.InvariantCulture);
        say($"  tar | zstd | age: {packed:0} ms, and back {unpacked:0} ms");

        say("A backup …");
        var since = System.Diagnostics.Stopwatch.GetTimestamp();
        var backup = customer.StartAsync(HttpMethod.Post, $"deployments/{deployment}/backups", null, ct);
        var resident = await PeakAsync(stack, customer.FinishedAsync((await backup)!, null, ct));
        var away = await watch.AwayMsAsync(since);
        var made = await EndedAsync(customer, (await backup)!, ct);

        var alone = await AloneAsync(stack, deployment, say);
        var store = await StoreFloor.RunAsync();

        // What the machine kept would not be fetched.
        await stack.OnMachineAsync("rm -rf /var/lib/launchpad/\"$1\"/backups", deployment);
        say("A restore …");
        var restore = (await customer.StartAsync(HttpMethod.Post, $"deployments/{deployment}/restore", new { }, ct))!;
        await customer.FinishedAsync(restore, null, ct);
        var fetched = await EndedAsync(customer, restore, ct);
        return Report.Of(
            Row.Of("backup of 1 GiB", StepMs(made, "backup"), "ms", packed, PipelineGoal),
            Row.Of("the machine's part of it, into a sink", alone, "ms", packed, PipelineGoal),
            Row.Given("the store's part of it, 512 MiB from a bare client", store, "ms"),
            Row.Of("largest launchpad-vm, KiB", resident, "KiB", ResidentGoalKb, 1),
            // One look that fails counts as away until the next.
            Row.Of("bot away while it is backed up", Math.Round(away), "ms", LookMs, 0),
            Row.Of("fetching it for a restore", StepMs(fetched, "fetch-backup"), "ms", unpacked, PipelineGoal));
    }

    private static async Task<double> AloneAsync(LocalStack stack, string deployment, Action<string> say)
    {
        say("A backup into nothing …");
        await using var sink = await Sink.StartAsync(stack.SocketPath("bench.sock"));
        return double.Parse(await stack.OnMachineAsync(IntoSink, deployment), CultureInfo.InvariantCulture);
    }

    private static async Task<Operation> EndedAsync(Customer customer, string operation, CancellationToken ct)
    {
        var ended = await customer.OperationAsync(operation, ct);
        return ended.Failure is null ? ended : throw new InvalidOperationException($"{ended.Failure}");
    }

    private static double StepMs(Operation operation, string step) => operation.Steps.Single(one => one.Name == step).DurationMs ?? 0;

    private static async Task<double> PeakAsync(LocalStack stack, Task until)
    {
        var peak = 0.0;
        while (!until.IsCompleted)
        {
            peak = double.TryParse(await stack.OnMachineAsync(Resident), CultureInfo.InvariantCulture, out var now) ? Math.Max(peak, now) : peak;
            await Task.WhenAny(until, Task.Delay(2 * LookMs));
        }

        await until;
        return peak;
    }
}
