namespace Stripe;

/// <summary>What the API says went wrong.</summary>
public class StripeError : StripeEntity<StripeError>
{
    public string Charge { get; set; }

    public string Code { get; set; }

    public string DeclineCode { get; set; }

    public string DocUrl { get; set; }

    public string Message { get; set; }

    public string Param { get; set; }

    public string PaymentMethodType { get; set; }

    public string RequestLogUrl { get; set; }

    public string Type { get; set; }

    public string Error { get; set; }

    public string ErrorDescription { get; set; }
}
