using Launchpad.Bench;

if (args.FirstOrDefault(argument => !argument.StartsWith('-')) is { } name && name != "provision")
{
    Console.Error.WriteLine($"bench: there is no bench called '{name}'; there is: provision");
    return 2;
}

var report = await Provision.RunAsync(Console.Error.WriteLine);
Console.Out.WriteLine(args.Contains("--json") ? report.ToJson() : report.ToTable());
return report.Ok ? 0 : 1;
