using Launchpad.Processes;

namespace Launchpad.EndToEnd.Tests.Web;

public sealed class SourceTests
{
    /// <summary>Its types, which are made of the API's document, its lint, and the tests of what of it computes.</summary>
    [Fact]
    public async Task The_web_app_holds_against_its_own_checks_and_the_document_of_the_api()
    {
        var (code, said) = await Script.RunAsync("npm", "", "run", "check", "--prefix", Repository.File("web"));
        Assert.True(code == 0, said);
    }
}
