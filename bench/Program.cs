using System.Globalization;
using Launchpad.Bench;
using Launchpad.Local;

var name = args.FirstOrDefault(argument => !argument.StartsWith('-')) ?? "provision";
var report = name switch
{
    "api" => await ApiBench.RunAsync(Console.Error.WriteLine),
    "provision" => await Provision.RunAsync(Console.Error.WriteLine),
    "durable" => await DurableBench.RunAsync(
        Home.Npm,
        double.Parse(Environment.GetEnvironmentVariable("LAUNCHPAD_BENCH_SCALE") ?? "1", CultureInfo.InvariantCulture),
        Environment.GetEnvironmentVariable("LAUNCHPAD_BENCH_ONLY"),
        Console.Error.WriteLine),
    "backup" => await BackupBench.RunAsync(Console.Error.WriteLine),
    "night" => await NightBench.RunAsync(Console.Error.WriteLine),
    "rollout" => await Rollout.RunAsync(Console.Error.WriteLine),
    "web" => await WebBench.RunAsync(Console.Error.WriteLine),
    "reconcile" => await ReconcileBench.RunAsync(Console.Error.WriteLine),
    "timing" => await TimingBench.RunAsync(Console.Error.WriteLine),
    "sweep" => await SweepBench.RunAsync(Console.Error.WriteLine),
    _ => null,
};
if (report is null)
{
    Console.Error.WriteLine($"bench: there is no bench called '{name}'; there are: api, provision, rollout, backup, night, durable, reconcile, sweep, timing, web");
    return 2;
}

Console.Out.WriteLine(args.Contains("--json") ? report.ToJson() : report.ToTable());
return report.Ok ? 0 : 1;
