namespace Launchpad.Host.Http;

/// <summary>Whose pages may call. On Azure a property of the site; here the settings by which the Core Tools know it.</summary>
internal sealed class Cors
{
    private readonly string[] _origins;
    private readonly bool _withCredentials;

    public Cors(IConfiguration settings)
    {
        _origins = settings["Host:CORS"]?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];
        _withCredentials = settings.GetValue<bool>("Host:CORSCredentials");
        if (_withCredentials && _origins.Contains("*"))
        {
            throw new FormatException("Host__CORS: '*' cannot be combined with Host__CORSCredentials; name the origins.");
        }
    }

    public void Use(WebApplication app)
    {
        if (_origins.Length > 0)
        {
            app.UseCors(policy =>
            {
                _ = _origins.Contains("*") ? policy.AllowAnyOrigin() : policy.WithOrigins(_origins);
                _ = policy.AllowAnyHeader().AllowAnyMethod();
                _ = _withCredentials ? policy.AllowCredentials() : policy;
            });
        }
    }
}
