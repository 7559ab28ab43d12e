"""The Streamlit console: what a person sees of the models in production."""
