namespace Launchpad.Functions.Tests.Health;

/// <summary>Stands still until it is moved.</summary>
public sealed class Clock : TimeProvider
{
    public DateTimeOffset Now { get; set; } = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => Now;
}

[CollectionDefinition(Name)]
public sealed class OnOnePlane : ICollectionFixture<Plane>
{
    public const string Name = "plane";
}
