namespace Launchpad.Images;

internal sealed class OpenClawRecipe : Recipe
{
    public override string Repository => "launchpad/openclaw";

    protected override IReadOnlyList<string> Sources => ["node", "openclaw"];

    public override Task<Baked> BakeAsync(Kitchen kitchen, CancellationToken ct) => throw new ImageFailedException("not yet");
}
