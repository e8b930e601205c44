namespace Launchpad.Local.Tests;

public sealed class StateFileTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("launchpad-state-").FullName;

    private string Path => System.IO.Path.Combine(_directory, "thing.json");

    [Fact]
    public void What_was_updated_is_read_by_the_next_process()
    {
        new StateFile<Thing>(Path, new Thing(0)).Update(thing => thing with { Count = thing.Count + 1 });

        Assert.Equal(1, new StateFile<Thing>(Path, new Thing(0)).Read().Count);
    }

    [Fact]
    public void A_half_written_temporary_file_is_ignored()
    {
        new StateFile<Thing>(Path, new Thing(0)).Update(_ => new Thing(7));
        File.WriteAllText(Path + ".tmp", "{\"cou");

        Assert.Equal(7, new StateFile<Thing>(Path, new Thing(0)).Read().Count);
    }

    [Fact]
    public void A_broken_file_is_reported_and_never_taken_for_empty()
    {
        File.WriteAllText(Path, "{\"count\":");

        var failure = Assert.Throws<InvalidDataException>(() => new StateFile<Thing>(Path, new Thing(0)));
        Assert.Contains(Path, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_change_that_throws_leaves_the_state_as_it_was()
    {
        var file = new StateFile<Thing>(Path, new Thing(3));

        Assert.Throws<InvalidOperationException>(() => file.Update(_ => throw new InvalidOperationException("no")));
        Assert.Equal(3, file.Read().Count);
        Assert.False(File.Exists(Path));
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private sealed record Thing(int Count);
}
