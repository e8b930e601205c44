using Launchpad.Bench;

// As a child of the bench: one mode, one directory. Without arguments it is a functions app.
return args switch
{
    ["live", var directory, var count] => await Recovery.LiveAsync(directory, int.Parse(count)),
    ["recover", var directory, var count] => await Recovery.RecoverAsync(directory, int.Parse(count)),
    _ => await HttpStarts.ServeAsync(args),
};
