using System.Net;

namespace Launchpad.Local.Demo;

/// <summary>What is asked of somebody who proved who he is too long ago, he is asked again after he has given his password once more, as the
/// web app does.</summary>
/// <param name="root">Of the API.</param>
internal sealed class Proving(Uri root, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    private const string Again = "urn:launchpad:problem:sign-in-again";

    /// <summary>Null for somebody who has none.</summary>
    public string? Password { get; set; }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var answer = await base.SendAsync(request, cancellationToken);
        if (Password is null || answer.StatusCode is not HttpStatusCode.Forbidden
            || !(await answer.Content.ReadAsStringAsync(cancellationToken)).Contains(Again, StringComparison.Ordinal))
        {
            return answer;
        }

        using var proof = new HttpRequestMessage(HttpMethod.Post, new Uri(root, "auth/step-up")) { Content = JsonContent.Create(new { password = Password }) };
        proof.Headers.Authorization = request.Headers.Authorization;
        using var proven = await base.SendAsync(proof, cancellationToken);
        if (!proven.IsSuccessStatusCode)
        {
            return answer;
        }

        answer.Dispose();
        return await base.SendAsync(request, cancellationToken);
    }
}
