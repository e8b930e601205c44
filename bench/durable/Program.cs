using Launchpad.Bench;

// As a child of the bench: one mode, one directory. Without arguments it is a functions app.
return args switch
{
    ["live", var directory, var count] => await Recovery.LiveAsync(directory, int.Parse(count)),
    ["recover", var directory, var count] => await Recovery.RecoverAsync(directory, int.Parse(count)),
    ["bench", var scale, var only] => Print(await DurableBench.RunAsync(double.Parse(scale), only, Console.Error.WriteLine)),
    _ => await HttpStarts.ServeAsync(args),
};

static int Print(Report report)
{
    Console.WriteLine(report.ToTable());
    return report.Ok ? 0 : 1;
}
