import streamlit as st
st.title("Belvedere")
