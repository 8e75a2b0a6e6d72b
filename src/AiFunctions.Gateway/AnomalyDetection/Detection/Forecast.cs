namespace AiFunctions.Gateway.AnomalyDetection.Detection;

/// <summary>What is expected of a figure, and from where on it is unusual.</summary>
internal readonly record struct Forecast(double Expected, double Threshold);
