namespace Launchpad.Functions.Tests.Api;

/// <summary>What the app tells browsers.</summary>
[Collection(ApiCollection.Name)]
public sealed class BrowserTests(LaunchpadApi api)
{
    [Theory]
    [InlineData("GET", "plans", 200)]
    [InlineData("GET", "auth/me", 200)]
    [InlineData("OPTIONS", "plans", 204)]
    [InlineData("GET", "nothing", 404)]
    [InlineData("PUT", "plans", 405)]
    public async Task Every_answer_says_that_it_is_no_page_and_not_to_be_kept(string method, string path, int status)
    {
        using var owner = await api.SignedUpAsync();
        using var answer = await owner.SendAsync(method, path);
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal(
            [
                "no-store", "nosniff", "default-src 'none'; frame-ancestors 'none'", "DENY", "no-referrer", "same-origin",
                "max-age=63072000; includeSubDomains",
            ],
            new[]
            {
                "Cache-Control", "X-Content-Type-Options", "Content-Security-Policy", "X-Frame-Options", "Referrer-Policy",
                "Cross-Origin-Resource-Policy", "Strict-Transport-Security",
            }.Select(header => Assert.Single(answer.Headers.GetValues(header))));
    }

    [Theory]
    [InlineData("http://localhost:4280", null, "http://localhost:4280/paid?deployment=dep_1")]
    [InlineData("https://api.example/elsewhere/", null, "https://api.example/paid?deployment=dep_1")]
    [InlineData("https://api.example/", "https://app.example/bots/", "https://app.example/bots/paid?deployment=dep_1")]
    public void A_page_of_the_app_is_at_the_root_of_the_site_or_where_the_operator_says(string site, string? app, string page) =>
        Assert.Equal(page, Site(site, app).Page("paid?deployment=dep_1").AbsoluteUri);

    [Theory]
    [InlineData("https://app.example/bots")]
    [InlineData("/bots/")]
    public void An_address_that_a_page_cannot_be_put_behind_is_refused(string app) =>
        Assert.Contains("Site__AppUrl", Assert.Single(Site("https://api.example/", app).Validate(new(app))).ErrorMessage!, StringComparison.Ordinal);

    private static SiteOptions Site(string site, string? app) =>
        new() { BaseUrl = new(site), AppUrl = app is null ? null : new(app, UriKind.RelativeOrAbsolute) };
}
