using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Launchpad.Local.Identity;

/// <summary>The managed identity endpoint of App Service: whoever knows the identity header gets a token for the resource it
/// names.</summary>
public sealed class IdentityService(CloudContext cloud) : CloudService
{
    private const string ApiVersion = "2019-08-01";

    public override string Name => "identity";

    public override int Port(Ports ports) => ports.Admin;

    public override string Prefix => "/msi";

    public override void Map(IEndpointRouteBuilder routes) => routes.MapGet("/msi/token", Token);

    private IResult Token(HttpRequest request)
    {
        var header = Encoding.UTF8.GetBytes(request.Headers["X-IDENTITY-HEADER"].ToString());
        if (!CryptographicOperations.FixedTimeEquals(header, Encoding.UTF8.GetBytes(cloud.IdentityHeader)))
        {
            return Problem(401, "The X-IDENTITY-HEADER header is missing or wrong.");
        }

        if (request.Query["api-version"] != ApiVersion)
        {
            return Problem(400, $"The api-version must be {ApiVersion}.");
        }

        var resource = request.Query["resource"].ToString();
        if (!Uri.TryCreate(resource, UriKind.Absolute, out _))
        {
            return Problem(400, "The resource parameter must be the identifier of a resource.");
        }

        if (((string[])["client_id", "object_id", "principal_id", "mi_res_id"]).FirstOrDefault(request.Query.ContainsKey) is { } user)
        {
            return Problem(400, $"No user-assigned identity matches {user}: this machine has a system-assigned identity only.");
        }

        var (token, expiresOn) = cloud.Tokens.Issue(resource);
        return Results.Json(new Dictionary<string, string>
        {
            ["access_token"] = token,
            ["expires_on"] = expiresOn.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
            ["resource"] = resource,
            ["token_type"] = "Bearer",
            ["client_id"] = Tokens.Principal,
        });
    }

    private static IResult Problem(int status, string message) => Results.Json(new { statusCode = status, message }, statusCode: status);
}
